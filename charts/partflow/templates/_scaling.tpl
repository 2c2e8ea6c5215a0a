{{/* Keeps one pod when nodes are drained, if there are several. */}}
{{- define "partflow.disruption" -}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "partflow.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "partflow.selector" . | nindent 6 }}
{{- end }}

{{- define "partflow.byProcessor" -}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "partflow.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "partflow.name" .root }}-{{ .program }}
  minReplicas: {{ .scaling.min }}
  maxReplicas: {{ .scaling.max }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .scaling.cpuPercent }}
{{- end }}

{{- define "partflow.byQueues" -}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "partflow.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    name: {{ include "partflow.name" .root }}-{{ .program }}
  minReplicaCount: {{ .scaling.min }}
  maxReplicaCount: {{ .scaling.max }}
  triggers:
    {{- range splitList "," .queues }}
    - type: rabbitmq
      metadata:
        protocol: amqp
        hostFromEnv: PARTFLOW_BROKER_URL
        queueName: {{ . }}
        mode: QueueLength
        value: {{ $.scaling.messagesPerPod | quote }}
    {{- end }}
{{- end }}
