# Debian's Prometheus with the rules of this checkout: docker build -f deploy/docker/prometheus.Dockerfile .
FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && rm -rf /var/lib/apt/lists/*
COPY deploy/prometheus/prometheus.yml deploy/prometheus/alerts.yml /etc/aegisflux/
EXPOSE 9090
USER prometheus
ENTRYPOINT ["prometheus", "--config.file=/etc/aegisflux/prometheus.yml", "--storage.tsdb.path=/tmp/prometheus"]
