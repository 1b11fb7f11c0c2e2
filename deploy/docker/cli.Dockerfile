# Built from the checkout: docker build -f deploy/docker/cli.Dockerfile .
FROM debian:trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl nodejs npm openjdk-25-jdk-headless unzip
WORKDIR /src
COPY . .
# One command line for all images, so that their builds share this layer.
RUN ./mvnw -B -ntp -DskipTests package -pl policy-service,builder-service,node-agent,telemetry-service,cli -am

FROM debian:trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends openjdk-25-jre-headless \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/cli/target/segctl /src/cli/target/segctl.jar /app/
COPY --from=build /src/cli/target/lib /app/lib
COPY examples /examples
# The cache with which it starts in half of the time; nobody need answer for that.
RUN NATS_URL=nats://127.0.0.1:1 SEGCTL_AOT=train /app/segctl __train
USER nobody
ENTRYPOINT ["/app/segctl"]
