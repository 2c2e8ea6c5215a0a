{{/* A variable whose value is in a Secret. */}}
{{- define "partflow.fromSecret" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* The environment of a program, which gets only the secrets that it reads. */}}
{{- define "partflow.environment" -}}
{{- $v := .root.Values -}}
- name: PARTFLOW_ENGINE_STOP_SECONDS
  value: {{ $v.stopSeconds | quote }}
{{- range $name, $value := $v.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{ include "partflow.fromSecret" (dict "variable" "PARTFLOW_BROKER_URL" "key" $v.broker.key "secret" (include "partflow.secret" (dict "root" .root "name" "broker" "from" $v.broker))) }}
{{- if .database }}
{{ include "partflow.fromSecret" (dict "variable" "PARTFLOW_DATABASE_URL" "key" $v.database.key "secret" (include "partflow.secret" (dict "root" .root "name" "database" "from" $v.database))) }}
{{- end }}
{{- if .store }}
{{- $store := include "partflow.secret" (dict "root" .root "name" "store" "from" $v.store) }}
- name: PARTFLOW_STORE_KIND
  value: s3
{{- with $v.store.endpointUrl }}
- name: PARTFLOW_STORE_ENDPOINT_URL
  value: {{ . | quote }}
{{- end }}
{{- if $v.store.caSecret }}
- name: PARTFLOW_STORE_CA_FILE
  value: /etc/partflow/store/ca.crt
{{- end }}
{{ include "partflow.fromSecret" (dict "variable" "PARTFLOW_STORE_ACCESS_KEY" "key" "access-key" "secret" $store) }}
{{ include "partflow.fromSecret" (dict "variable" "PARTFLOW_STORE_SECRET_KEY" "key" "secret-key" "secret" $store) }}
{{- end }}
{{- if .token }}
{{ include "partflow.fromSecret" (dict "variable" "PARTFLOW_API_TOKEN" "key" $v.token.key "secret" (include "partflow.secret" (dict "root" .root "name" "token" "from" $v.token))) }}
{{- end }}
{{- if and .links $v.flower.enabled $v.ingress.enabled }}
- name: PARTFLOW_API_FLOWER_URL
  value: https://{{ $v.ingress.host }}/flower
{{- end }}
{{- if and .queues $v.metrics.serviceMonitor }}
- name: PROMETHEUS_MULTIPROC_DIR
  value: /metrics
- name: PARTFLOW_METRICS_PORT
  value: "9464"
- name: PARTFLOW_METRICS_HOST
  value: 0.0.0.0
{{- end }}
{{- if and .model $v.model.existingSecret }}
{{ include "partflow.fromSecret" (dict "variable" "OPENAI_API_KEY" "key" $v.model.key "secret" $v.model.existingSecret) }}
{{- with $v.model.baseUrl }}
- name: OPENAI_BASE_URL
  value: {{ . | quote }}
{{- end }}
{{- else }}
- name: PARTFLOW_ASSISTANT_KIND
  value: local
{{- end }}
{{- end }}

{{/* The template of a pod with one container; `probes` and `ports` are YAML of that container. */}}
{{- define "partflow.pod" -}}
{{- $v := .root.Values -}}
metadata:
  labels:
    {{- include "partflow.labels" . | nindent 4 }}
    {{- with $v.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $v.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  # Kubernetes would add variables such as PARTFLOW_API_PORT, which would be taken for settings.
  enableServiceLinks: false
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ $v.graceSeconds }}
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with $v.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile:
      type: RuntimeDefault
  topologySpreadConstraints:
    {{- range tuple "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "partflow.selector" $ | nindent 10 }}
    {{- end }}
  containers:
    - name: {{ .program }}
      image: {{ include "partflow.image" . }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      command: {{ toJson .command }}
      env:
        {{- include "partflow.environment" . | nindent 8 }}
      {{- with .container }}
      {{- . | nindent 6 }}
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if .kept }}
        - name: kept
          mountPath: /kept
        {{- end }}
        {{- if and .queues $v.metrics.serviceMonitor }}
        - name: metrics
          mountPath: /metrics
        {{- end }}
        {{- if and .store $v.store.caSecret }}
        - name: store-ca
          mountPath: /etc/partflow/store
          readOnly: true
        {{- end }}
  volumes:
    - name: tmp
      emptyDir:
        sizeLimit: {{ .space | default "2Gi" }}
    {{- if .kept }}
    - name: kept
      {{- if .claim }}
      persistentVolumeClaim:
        claimName: {{ .claim }}
      {{- else }}
      emptyDir:
        sizeLimit: 1Gi
      {{- end }}
    {{- end }}
    {{- if and .queues $v.metrics.serviceMonitor }}
    - name: metrics
      emptyDir:
        sizeLimit: 64Mi
    {{- end }}
    {{- if and .store $v.store.caSecret }}
    - name: store-ca
      secret:
        secretName: {{ $v.store.caSecret }}
        items:
          - key: ca.crt
            path: ca.crt
    {{- end }}
{{- end }}

{{/* How many pods there are, unless they are scaled; a rollout takes none away before the next is ready. */}}
{{- define "partflow.deployment" -}}
{{- if not .scaled }}
replicas: {{ .replicas }}
{{- end }}
revisionHistoryLimit: 3
strategy:
  {{- if .kept }}
  # What it keeps is one pod's at a time.
  type: Recreate
  {{- else }}
  rollingUpdate:
    maxUnavailable: 0
    maxSurge: 1
  {{- end }}
selector:
  matchLabels:
    {{- include "partflow.selector" . | nindent 4 }}
{{- end }}
