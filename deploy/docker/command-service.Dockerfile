# syntax=docker/dockerfile:1
# command-service, from the root of the repository:
#   docker build -f deploy/docker/command-service.Dockerfile -t salgslogg/command-service .

FROM docker.io/library/rust:1.95.0-slim-trixie AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,id=salgslogg-registry,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,id=salgslogg-target,target=/src/target,sharing=locked \
    cargo build --locked --release -p command-service \
    && deploy/docker/root.sh target/release/command-service /root-of-image

# Nothing but the program, the libraries it is linked to, and the certificates of well-known authorities: no shell,
# no package manager, nothing that must be written to.
FROM scratch
COPY --from=build /root-of-image/ /
USER 65532:65532
ENV SALGSLOGG_LISTEN=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["/command-service", "--health"]
ENTRYPOINT ["/command-service"]
