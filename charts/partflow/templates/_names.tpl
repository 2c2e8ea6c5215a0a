{{- define "partflow.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "partflow.selector" -}}
app.kubernetes.io/name: partflow
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .program }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "partflow.labels" -}}
{{ include "partflow.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "partflow.metadata" -}}
name: {{ include "partflow.name" .root }}{{ with .program }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "partflow.labels" . | nindent 2 }}
{{- end }}

{{- define "partflow.image" -}}
{{- $tag := .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- $ocrTag := .root.Values.image.ocrTag | default (printf "%s-ocr" $tag) -}}
{{ .root.Values.image.repository }}:{{ ternary $ocrTag $tag (default false .ocr) }}
{{- end }}

{{/* The Secret of database, broker, store or token: one that is there, or the chart's own. */}}
{{- define "partflow.secret" -}}
{{- if or .from.url .from.value .from.accessKey -}}
{{ include "partflow.name" .root }}-{{ .name }}
{{- else -}}
{{ required (printf "%s.existingSecret: name a Secret" .name) .from.existingSecret }}
{{- end -}}
{{- end }}
