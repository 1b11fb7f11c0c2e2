# Makes the signing keys of a dev cluster once: each private key in the volume of the service that signs with it, the
# public ones in the volume that agents trust. Production brings its own keys.
FROM debian:trixie
RUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
COPY deploy/docker/keys.sh /keys.sh
ENTRYPOINT ["bash", "/keys.sh"]
