{{- define "hookferry.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "hookferry.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "hookferry.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "hookferry.selector" -}}
app.kubernetes.io/name: {{ include "hookferry.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "hookferry.labels" -}}
{{ include "hookferry.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "hookferry.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "hookferry.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "hookferry.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* What values cannot be meant, said before anything is made. */}}
{{- define "hookferry.validate" -}}
{{- if not .Values.config.sinks -}}
{{- fail "config.sinks: name at least one broker, as in --set config.sinks.kafka.type=kafka --set config.sinks.kafka.brokers=kafka:9092" -}}
{{- end -}}
{{- if not .Values.config.sources -}}
{{- fail "config.sources: name at least one provider; `hookferry providers` lists them, README.md has an example" -}}
{{- end -}}
{{- if and .Values.config.spool (not .Values.spool.enabled) -}}
{{- fail "config.spool: the pods have no disk to keep events on; set spool.enabled as well" -}}
{{- end -}}
{{- if .Values.spool.enabled -}}
{{- $each := dig "spool" "bytes_max" 1073741824 .Values.config | int64 -}}
{{- $needed := mul $each (len .Values.config.sinks) -}}
{{- $size := include "hookferry.bytes" .Values.spool.size | int64 -}}
{{- if le $size $needed -}}
{{- fail (printf "spool.size: %s is no more than config.spool.bytes_max for each of %d sinks, %d bytes; claim more" .Values.spool.size (len .Values.config.sinks) $needed) -}}
{{- end -}}
{{- if and .Values.sidecar.enabled (not .Values.sidecar.spoolVolume) -}}
{{- fail "sidecar.spoolVolume: name the pod's volume that the spool is kept on" -}}
{{- end -}}
{{- end -}}
{{- if eq (dig "admin" "tls" "client_certificates" "" .Values.config) "required" -}}
{{- fail "config.admin.tls.client_certificates: the kubelet has no certificate to probe with; optional lets it in" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.hosts: name at least one host, as in hooks.example.com" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: name the Gateway, as in [{name: public, namespace: gateways}]" -}}
{{- end -}}
{{- if and .Values.networkPolicy.egress.enabled (not .Values.networkPolicy.egress.to) -}}
{{- fail "networkPolicy.egress.to: without a rule for them no broker can be reached" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (lt (int .Values.autoscaling.maxReplicas) (int .Values.autoscaling.minReplicas)) -}}
{{- fail "autoscaling.maxReplicas: no less than autoscaling.minReplicas" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (not .Values.autoscaling.cpu) (not .Values.autoscaling.metrics) -}}
{{- fail "autoscaling.cpu: without it autoscaling.metrics must name something to scale by" -}}
{{- end -}}
{{- end -}}

{{/* A quantity such as 10Gi in bytes. The schema lets no other form in. */}}
{{- define "hookferry.bytes" -}}
{{- $units := dict "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[A-Z]i$" . -}}
{{- mul (trimSuffix $unit . | int64) (get $units $unit | int64) -}}
{{- end -}}

{{/* The daemon's configuration, as it is mounted. */}}
{{- define "hookferry.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := set $config "listen" (printf "%s:%d" .Values.bindAddress (int .Values.ports.webhooks)) -}}
{{- $admin := get $config "admin" | default dict -}}
{{- $_ := set $admin "listen" (printf "%s:%d" .Values.bindAddress (int .Values.ports.admin)) -}}
{{- $_ := set $config "admin" $admin -}}
{{- if .Values.spool.enabled -}}
{{- $spool := get $config "spool" | default dict -}}
{{- $_ := set $spool "path" "/var/lib/hookferry" -}}
{{- $_ := set $config "spool" $spool -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* The admin side's TLS, if there is any, as a probe is told of it. */}}
{{- define "hookferry.probeScheme" -}}
{{- if dig "admin" "tls" false .Values.config -}}, scheme: HTTPS{{- end -}}
{{- end -}}

{{- define "hookferry.appProtocol" -}}
{{- ternary "https" "http" (hasKey .Values.config "tls") -}}
{{- end -}}

{{/* More than the sleep, the delay and the grace together. */}}
{{- define "hookferry.terminationGracePeriodSeconds" -}}
{{- $ms := add (.Values.config.shutdown.delay_ms | int64) (.Values.config.shutdown.grace_ms | int64) -}}
{{- add .Values.preStopSleepSeconds (div (add $ms 999) 1000) 10 -}}
{{- end -}}

{{- define "hookferry.securityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* What the container of the daemon, and of its test, sees of the configuration and of secrets. */}}
{{- define "hookferry.volumeMounts" -}}
- { name: hookferry-config, mountPath: /etc/hookferry, readOnly: true }
{{- with .Values.secrets.existingSecret }}
- { name: hookferry-secrets, mountPath: /run/secrets/hookferry, readOnly: true }
{{- end }}
{{- range $at, $secret := .Values.secrets.extra }}
- { name: hookferry-secrets-{{ $at }}, mountPath: {{ $secret.mountPath | quote }}, readOnly: true }
{{- end }}
{{- end -}}

{{/*
The volumes of a pod that hookferry runs in. For a chart that includes this one as a sidecar, too:
  volumes:
    {{- include "hookferry.volumes" .Subcharts.hookferry | nindent 8 }}
*/}}
{{- define "hookferry.volumes" -}}
- name: hookferry-config
  configMap: { name: {{ include "hookferry.fullname" . }} }
{{- with .Values.secrets.existingSecret }}
- name: hookferry-secrets
  # Whole folders, never a subPath: the kubelet changes what is in them when the Secret changes.
  secret: { secretName: {{ . }}, defaultMode: 0440 }
{{- end }}
{{- range $at, $secret := .Values.secrets.extra }}
- name: hookferry-secrets-{{ $at }}
  secret: { secretName: {{ $secret.name }}, defaultMode: 0440 }
{{- end }}
{{- end -}}

{{- define "hookferry.container" -}}
name: hookferry
image: {{ include "hookferry.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: ["serve", "-c", "/etc/hookferry/config.yaml"]
{{- with .Values.env }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - { name: webhooks, containerPort: {{ int .Values.ports.webhooks }} }
  - { name: admin, containerPort: {{ int .Values.ports.admin }} }
startupProbe:
  httpGet: { path: /livez, port: admin{{ include "hookferry.probeScheme" . }} }
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /livez, port: admin{{ include "hookferry.probeScheme" . }} }
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: { path: /readyz, port: admin{{ include "hookferry.probeScheme" . }} }
  periodSeconds: 2
  failureThreshold: 1
{{- if .Values.preStopSleepSeconds }}
lifecycle:
  preStop: { sleep: { seconds: {{ int .Values.preStopSleepSeconds }} } }
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "hookferry.securityContext" . | nindent 2 }}
volumeMounts:
  {{- include "hookferry.volumeMounts" . | nindent 2 }}
  {{- if .Values.spool.enabled }}
  - { name: {{ default "spool" .Values.sidecar.spoolVolume }}, mountPath: /var/lib/hookferry }
  {{- end }}
{{- end -}}

{{/*
A native sidecar: it starts before the application's containers and ends after them. In the pod of another chart, of which this one
is a dependency with `sidecar.enabled`:
  initContainers:
    {{- include "hookferry.sidecar" .Subcharts.hookferry | nindent 8 }}
*/}}
{{- define "hookferry.sidecar" -}}
- restartPolicy: Always
  {{- include "hookferry.container" . | nindent 2 }}
{{- end -}}

{{/* The pods of the Deployment, or of the StatefulSet. */}}
{{- define "hookferry.pod" -}}
metadata:
  labels:
    {{- include "hookferry.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- $annotations := deepCopy .Values.podAnnotations }}
  {{- if not .Values.monitoring.podMonitor.enabled }}
  {{- $_ := set $annotations "prometheus.io/scrape" "true" }}
  {{- $_ := set $annotations "prometheus.io/port" (int .Values.ports.admin | toString) }}
  {{- end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "hookferry.serviceAccount" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "hookferry.terminationGracePeriodSeconds" . }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    # Whose the secrets' files are, and the spool's folder.
    fsGroup: 65532
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  containers:
    - {{ include "hookferry.container" . | indent 6 | trim }}
  volumes:
    {{- include "hookferry.volumes" . | nindent 4 }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- if .Values.topologySpreadConstraints }}
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "hookferry.selector" $ | nindent 10 }}
    {{- end }}
    {{- end }}
{{- end -}}
