# syntax=docker/dockerfile:1
# The command line, for what operators run beside the services. From the root of the repository:
#   docker build -f deploy/docker/salgslogg.Dockerfile -t salgslogg/salgslogg .

FROM docker.io/library/rust:1.95.0-slim-trixie AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,id=salgslogg-registry,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,id=salgslogg-target,target=/src/target,sharing=locked \
    cargo build --locked --release -p salgslogg \
    && deploy/docker/root.sh target/release/salgslogg /root-of-image

FROM scratch
COPY --from=build /root-of-image/ /
USER 65532:65532
ENTRYPOINT ["/salgslogg"]
