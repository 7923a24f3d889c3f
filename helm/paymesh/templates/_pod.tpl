{{/* (list $ COMPONENT): what all Pods have in common; restricted pod security. */}}
{{- define "paymesh.pod" -}}
{{- $root := index . 0 -}}
{{- $pods := $root.Values.pods -}}
serviceAccountName: {{ include "paymesh.fullname" $root }}
automountServiceAccountToken: false
# Variables named after Services could be taken for settings.
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pods.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $pods.topologySpread }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $pods.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "paymesh.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "paymesh.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* (list $ COMPONENT): a budget of one eviction at a time. */}}
{{- define "paymesh.disruptionBudget" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "paymesh.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "paymesh.selector" . | nindent 6 }}
{{- end }}
{{- end -}}

{{/* (list $ COMPONENT VALUES): an autoscaler by CPU, and by requests a second where a metric is given for it. */}}
{{- define "paymesh.autoscaler" -}}
{{- $root := index . 0 -}}
{{- $scaling := (index . 2).autoscaling -}}
{{- if $scaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "paymesh.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "paymesh.fullname" $root }}-{{ index . 1 }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ $scaling.cpuPercent }} }
    {{- if $scaling.requestsPerSecond }}
    - type: Pods
      pods:
        metric: { name: {{ $scaling.requestsMetric }} }
        target: { type: AverageValue, averageValue: {{ $scaling.requestsPerSecond | quote }} }
    {{- end }}
  behavior:
    # A burst that is over is no reason to be short of Pods for the next one.
    scaleDown: { stabilizationWindowSeconds: 300 }
{{- end }}
{{- end -}}
