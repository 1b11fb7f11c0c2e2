# Built from the checkout: docker build -f deploy/docker/node-agent.Dockerfile .
FROM debian:trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl nodejs npm openjdk-25-jdk-headless unzip
WORKDIR /src
COPY . .
# One command line for all images, so that their builds share this layer.
RUN ./mvnw -B -ntp -DskipTests package -pl policy-service,builder-service,node-agent,telemetry-service,cli -am

FROM debian:trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl openjdk-25-jre-headless libbpf1 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/node-agent/target/quarkus-app /app
EXPOSE 8080
HEALTHCHECK --interval=2s --start-period=60s CMD curl -fsS http://localhost:8080/healthz
# Root, for it loads programs into the kernel; the capabilities it takes are in docs/docker.md.
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xms32m", "-Xmn16m", "--enable-native-access=ALL-UNNAMED", "-jar", "/app/quarkus-run.jar"]
