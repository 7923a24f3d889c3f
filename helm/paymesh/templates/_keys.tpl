{{/* Name of the Secret that ext-authz reads; empty where there are no keys. */}}
{{- define "paymesh.keysSecret" -}}
{{- if .Values.keys.existingSecret -}}
{{- .Values.keys.existingSecret -}}
{{- else if .Values.samples.enabled -}}
{{- include "paymesh.fullname" . }}-keys
{{- end -}}
{{- end -}}

{{/* Data of the Secret of that name as the cluster has it; {} where it is not there, or without a cluster. */}}
{{- define "paymesh.secretData" -}}
{{- (lookup "v1" "Secret" (index . 0).Release.Namespace (index . 1)).data | default dict | toJson -}}
{{- end -}}

{{/*
Trial keys, made once and then kept: JSON of {merchants: FILE to base64, providers: FILE to base64, redis: password}.
Remembered in the values, for each further call would make others.
*/}}
{{- define "paymesh.generated" -}}
{{- if not (hasKey .Values "generated") -}}
{{- $name := include "paymesh.fullname" . -}}
{{- $merchants := include "paymesh.secretData" (list . (printf "%s-keys" $name)) | fromJson -}}
{{- $providers := include "paymesh.secretData" (list . (printf "%s-provider-keys" $name)) | fromJson -}}
{{- $redis := include "paymesh.secretData" (list . (printf "%s-redis" $name)) | fromJson -}}
{{- if not $merchants -}}
{{- range list "merchant-a-2025" "merchant-a-2026" "merchant-b-2026" "merchant-vip-2026" -}}
{{- $_ := set $merchants (printf "%s.key" .) (randBytes 32 | b64enc) -}}
{{- end -}}
{{- range list "wechat-pay" "alipay" -}}
{{- $pair := genSelfSignedCert . nil nil 3650 -}}
{{- $_ := set $merchants (printf "%s.pub.pem" .) ($pair.Cert | b64enc) -}}
{{- $_ := set $providers (printf "%s.private.pem" .) ($pair.Key | b64enc) -}}
{{- end -}}
{{- $_ := set $providers "wechat-apiv3.key" (randAlphaNum 32 | b64enc) -}}
{{- end -}}
{{- $password := get $redis "password" | default (randAlphaNum 32 | b64enc) | b64dec -}}
{{- $_ := set .Values "generated" (dict "merchants" $merchants "providers" $providers "redis" $password) -}}
{{- end -}}
{{- .Values.generated | toJson -}}
{{- end -}}
