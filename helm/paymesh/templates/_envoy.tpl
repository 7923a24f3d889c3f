{{/* (dict root, workload): writes the bootstrap of an Envoy from the policies, by the code that also serves it. */}}
{{- define "paymesh.bootstrapContainer" -}}
- name: bootstrap
  image: {{ include "paymesh.image" (list .root .root.Values.cli.image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args:
    - bootstrap
    - --workload={{ .workload }}
    - --config=/etc/paymesh/policies
    - --control-plane={{ include "paymesh.host" (list .root "control-plane") }}:18000
    - --probe=0.0.0.0:15021
    {{- if .root.Values.envoy.allStats }}
    - --all-stats
    {{- end }}
    - --out=/etc/paymesh/bootstrap/envoy.json
  {{- include "paymesh.containerSecurity" . | nindent 2 }}
  resources:
    requests: { cpu: 50m, memory: 64Mi }
    limits: { memory: 256Mi }
  volumeMounts:
    - { name: policies, mountPath: /etc/paymesh/policies, readOnly: true }
    - { name: bootstrap, mountPath: /etc/paymesh/bootstrap }
{{- end -}}

{{/* (dict root, concurrency, resources, ports, isSidecar): the Envoy itself. */}}
{{- define "paymesh.envoyContainer" -}}
- name: envoy
  image: {{ include "paymesh.image" (list .root .root.Values.envoy.image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  {{- if .isSidecar }}
  # Started before the program and ended after it.
  restartPolicy: Always
  {{- end }}
  command: [/usr/local/bin/envoy]
  args:
    - -c
    - /etc/paymesh/bootstrap/envoy.json
    - --concurrency
    - {{ .concurrency | quote }}
    - --disable-hot-restart
    - --log-level
    - {{ .root.Values.envoy.logLevel }}
  ports:
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, containerPort: {{ $port }} }
    {{- end }}
    - { name: envoy-metrics, containerPort: 15021 }
  # Nobody answers there before the control plane has sent the first configuration.
  startupProbe:
    httpGet: { path: /ready, port: envoy-metrics }
    periodSeconds: 1
    failureThreshold: 120
  readinessProbe:
    httpGet: { path: /ready, port: envoy-metrics }
    periodSeconds: 5
    failureThreshold: 2
  livenessProbe:
    httpGet: { path: /ready, port: envoy-metrics }
    periodSeconds: 10
    failureThreshold: 6
  lifecycle:
    # Callers look names up every 5 s: until then they may still come.
    preStop: { sleep: { seconds: 10 } }
  {{- include "paymesh.containerSecurity" . | nindent 2 }}
  resources:
    {{- toYaml .resources | nindent 4 }}
  volumeMounts:
    - { name: bootstrap, mountPath: /etc/paymesh/bootstrap, readOnly: true }
{{- end -}}

{{- define "paymesh.envoyVolumes" -}}
- name: policies
  configMap: { name: {{ include "paymesh.policiesConfigMap" . }} }
- name: bootstrap
  emptyDir: { sizeLimit: 1Mi }
{{- end -}}

{{/* What a bootstrap is made of: an Envoy reads it only when it starts, so a change of it starts the Pod anew. */}}
{{- define "paymesh.bootstrapChecksum" -}}
{{- $texts := dict -}}
{{- range $path, $_ := .Files.Glob "policies/mesh/*.yaml" -}}
{{- $_ := set $texts $path (tpl ($.Files.Get $path) $) -}}
{{- end -}}
checksum/bootstrap: {{ list $texts .Values.policies .Values.envoy.allStats | toJson | sha256sum }}
{{- end -}}
