# Built from the checkout: docker build -f deploy/docker/builder-service.Dockerfile .
FROM debian:trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl nodejs npm openjdk-25-jdk-headless unzip
WORKDIR /src
COPY . .
# One command line for all images, so that their builds share this layer.
RUN ./mvnw -B -ntp -DskipTests package -pl policy-service,builder-service,node-agent,telemetry-service,cli -am

FROM debian:trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl openjdk-25-jre-headless bpftool clang libbpf-dev llvm \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/builder-service/target/quarkus-app /app
ENV SEGMENTATION_HTTP_HOST=0.0.0.0 BUILD_OUTPUT_DIR=/tmp/builds
EXPOSE 8082
HEALTHCHECK --interval=2s --start-period=60s CMD curl -fsS http://localhost:8082/q/health/ready
USER nobody
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-jar", "/app/quarkus-run.jar"]
