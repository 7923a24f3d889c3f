{{/*
One of the three services: dict root, name, values, port, admin, isHeadless, ports, args, env, volumes, mounts, annotations, policies;
`ports` are further ones for proxies, name to number; `policies` is the argument that says where they come from, by default the mounted folder.
Policies are mounted as a folder, never by subPath, so that an edit arrives as the swap of a link.
*/}}
{{- define "paymesh.policyService" -}}
{{- $component := list .root .name -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "paymesh.metadata" $component | nindent 2 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector:
    matchLabels:
      {{- include "paymesh.selector" $component | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "paymesh.labels" $component | nindent 8 }}
      {{- with .annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "paymesh.pod" $component | nindent 6 }}
      terminationGracePeriodSeconds: 45
      containers:
        - name: {{ .name }}
          image: {{ include "paymesh.image" (list .root .values.image) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args:
            - {{ .policies | default "--config=/etc/paymesh/policies" }}
            - --listen=0.0.0.0:{{ .port }}
            # Not on loopback, for kubelet and Prometheus ask from outside; GET only.
            - --admin=0.0.0.0:{{ .admin }}
            - --log-level={{ .root.Values.logLevel }}
            {{- range .args }}
            - {{ . }}
            {{- end }}
          {{- with .env }}
          env:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - { name: grpc, containerPort: {{ .port }} }
            {{- range $name, $port := .ports }}
            - { name: {{ $name }}, containerPort: {{ $port }} }
            {{- end }}
            - { name: admin, containerPort: {{ .admin }} }
          startupProbe:
            httpGet: { path: /healthz, port: admin }
            periodSeconds: 1
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /readyz, port: admin }
            periodSeconds: 5
            failureThreshold: 2
          livenessProbe:
            httpGet: { path: /healthz, port: admin }
            periodSeconds: 10
            failureThreshold: 3
          lifecycle:
            # Until Envoys have noticed that this one is going.
            preStop: { sleep: { seconds: 10 } }
          {{- include "paymesh.containerSecurity" . | nindent 10 }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            {{- if not .policies }}
            - { name: policies, mountPath: /etc/paymesh/policies, readOnly: true }
            {{- end }}
            {{- with .mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        {{- if not .policies }}
        - name: policies
          configMap: { name: {{ include "paymesh.policiesConfigMap" .root }} }
        {{- end }}
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "paymesh.metadata" $component | nindent 2 }}
    paymesh.dev/metrics: admin
spec:
  {{- if .isHeadless }}
  # Envoy spreads over the Pods and checks each; a virtual address would be one to it.
  clusterIP: None
  {{- end }}
  selector:
    {{- include "paymesh.selector" $component | nindent 4 }}
  ports:
    - { name: grpc, port: {{ .port }}, targetPort: grpc, appProtocol: kubernetes.io/h2c }
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}, appProtocol: kubernetes.io/h2c }
    {{- end }}
    - { name: admin, port: {{ .admin }}, targetPort: admin }
{{- include "paymesh.disruptionBudget" $component }}
{{- include "paymesh.autoscaler" (list .root .name .values) }}
{{- end -}}
