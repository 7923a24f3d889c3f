{{/* (list $ VARIABLE): the URL of Redis from its Secret, as a list of variables; [] without Redis. */}}
{{- define "paymesh.redisEnv" -}}
{{- $root := index . 0 -}}
{{- if eq $root.Values.redis.mode "none" -}}
[]
{{- else -}}
- name: {{ index . 1 }}
  valueFrom: { secretKeyRef: { name: {{ include "paymesh.redisSecret" $root }}, key: url } }
{{- end -}}
{{- end -}}

{{/* A variable is read once, so another URL starts the Pod anew. */}}
{{- define "paymesh.redisChecksum" -}}
checksum/redis: {{ list .Values.redis.mode .Values.redis.existingSecret (include "paymesh.redisUrl" .) | toJson | sha256sum }}
{{- end -}}

{{- define "paymesh.redisUrl" -}}
{{- if eq .Values.redis.mode "trial" -}}
{{- $generated := include "paymesh.generated" . | fromJson -}}
redis://:{{ $generated.redis }}@{{ include "paymesh.host" (list . "redis") }}:6379
{{- else -}}
{{- .Values.redis.url -}}
{{- end -}}
{{- end -}}

{{/* What no schema can say; each with what to do. */}}
{{- define "paymesh.checks" -}}
{{- $redis := .Values.redis -}}
{{- if and (eq $redis.mode "external") (not (or $redis.url $redis.existingSecret)) -}}
{{- fail "redis.mode is external: give redis.existingSecret (a Secret with the key url) or redis.url" -}}
{{- end -}}
{{- if and (ne $redis.mode "external") (or $redis.url $redis.existingSecret) -}}
{{- fail (printf "redis.url and redis.existingSecret are for redis.mode external, which is %s" $redis.mode) -}}
{{- end -}}
{{- if eq $redis.mode "none" -}}
{{- range $name, $values := dict "extAuthz" .Values.extAuthz "rateLimiter" .Values.rateLimiter -}}
{{- if or $values.autoscaling.enabled (gt (int $values.replicas) 1) -}}
{{- fail (printf "redis.mode is none: replicas would not know each other's nonces and counts, so %s.replicas must be 1 and %s.autoscaling.enabled false" $name $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name := list "controlPlane" "extAuthz" "rateLimiter" "edge" -}}
{{- $scaling := (index $.Values $name).autoscaling -}}
{{- if lt (int $scaling.maxReplicas) (int $scaling.minReplicas) -}}
{{- fail (printf "%s.autoscaling.maxReplicas must not be less than minReplicas" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
