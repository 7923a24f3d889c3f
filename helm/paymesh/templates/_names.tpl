{{/* What everything of this release is called by. */}}
{{- define "paymesh.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* (list $ COMPONENT) to the DNS name of its Service. */}}
{{- define "paymesh.host" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s.%s.svc.%s" (include "paymesh.fullname" $root) (index . 1) $root.Release.Namespace $root.Values.clusterDomain -}}
{{- end -}}

{{/* (list $ COMPONENT): labels that never change, by which Services find Pods. */}}
{{- define "paymesh.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: paymesh
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (list $ COMPONENT): all labels. */}}
{{- define "paymesh.labels" -}}
{{- $root := index . 0 -}}
{{ include "paymesh.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: paymesh
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (list $ COMPONENT): name, namespace and labels of an object. The namespace is there for `kubectl apply`. */}}
{{- define "paymesh.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "paymesh.fullname" $root }}-{{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "paymesh.labels" . | nindent 2 }}
{{- end -}}

{{/* (list $ IMAGE): REPOSITORY@DIGEST where a digest is given, else REPOSITORY:TAG. */}}
{{- define "paymesh.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $repository := $image.repository -}}
{{- with $root.Values.image.registry -}}{{- $repository = printf "%s/%s" (trimSuffix "/" .) $repository -}}{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository ($image.tag | default $root.Values.image.tag | default $root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "paymesh.policiesConfigMap" -}}
{{- .Values.policies.existingConfigMap | default (printf "%s-policies" (include "paymesh.fullname" .)) -}}
{{- end -}}

{{- define "paymesh.redisSecret" -}}
{{- .Values.redis.existingSecret | default (printf "%s-redis" (include "paymesh.fullname" .)) -}}
{{- end -}}
