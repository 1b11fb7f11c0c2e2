# A workload of the dev cluster: echoes on the TCP port that PORT names and stays, for connections to be tried from it.
FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends socat && rm -rf /var/lib/apt/lists/*
USER nobody
ENTRYPOINT ["sh", "-c", "exec socat TCP6-LISTEN:${PORT:-5432},ipv6only=0,fork,reuseaddr EXEC:cat"]
