# Built from the checkout: docker build -f deploy/docker/policy-service.Dockerfile .
FROM debian:trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl nodejs npm openjdk-25-jdk-headless unzip
WORKDIR /src
COPY . .
# One command line for all images, so that their builds share this layer.
RUN ./mvnw -B -ntp -DskipTests package -pl policy-service,builder-service,node-agent,telemetry-service,cli -am

FROM debian:trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl openjdk-25-jre-headless \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/policy-service/target/quarkus-app /app
ENV SEGMENTATION_HTTP_HOST=0.0.0.0
EXPOSE 8081
HEALTHCHECK --interval=2s --start-period=60s CMD curl -fsS http://localhost:8081/q/health/ready
USER nobody
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-jar", "/app/quarkus-run.jar"]
