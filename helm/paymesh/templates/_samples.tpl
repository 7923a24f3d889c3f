{{/* The payment services: namespace in the policies, whether they keep something, replicas, variables and key files. */}}
{{- define "paymesh.samples" -}}
{{- $edge := printf "http://%s:%d/v1/notifications" (include "paymesh.host" (list . "edge")) (int .Values.edge.service.port) -}}
ledger: { namespace: pay, replicas: 1, env: { DATABASE: /data/ledger.db } }
orders: { namespace: pay, replicas: {{ .Values.samples.replicas.orders }} }
payments:
  namespace: pay
  replicas: 1
  env: { DATABASE: /data/payments.db, APIV3_KEY_FILE: /etc/paymesh/keys/wechat-apiv3.key }
  keys: [wechat-apiv3.key]
psp-alipay:
  namespace: psp
  replicas: 1
  env:
    JOURNAL: /data/psp-alipay.jsonl
    NOTIFY_URL: {{ $edge }}/alipay
    NOTIFY_KEY_ID: "2021000000002026"
    NOTIFY_KEY_FILE: /etc/paymesh/keys/alipay.private.pem
  keys: [alipay.private.pem]
psp-wechat:
  namespace: psp
  replicas: 1
  env:
    JOURNAL: /data/psp-wechat.jsonl
    NOTIFY_URL: {{ $edge }}/wechat
    NOTIFY_KEY_ID: PUB_KEY_ID_0116000000012026
    NOTIFY_KEY_FILE: /etc/paymesh/keys/wechat-pay.private.pem
    APIV3_KEY_FILE: /etc/paymesh/keys/wechat-apiv3.key
  keys: [wechat-apiv3.key, wechat-pay.private.pem]
risk: { namespace: pay, replicas: {{ .Values.samples.replicas.risk }} }
{{- end -}}
