# The single executable on the C and C++ libraries it is linked with, and nothing else: no shell, no package manager, no Node
# beside it. `npm run release` makes what is copied here; docs/release.md says how the image is built and run.
#
#   docker build -t scantling .
#   docker run --rm --read-only --network none -v "$PWD:/work:ro" scantling scan .

# Pin it by digest where builds have to be repeatable: --build-arg BASE=gcr.io/distroless/cc-debian12@sha256:...
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

# One stage for each processor as BuildKit calls it; only the one that is asked for is built.
FROM scratch AS amd64
COPY release/scantling-linux-x64 /scantling

FROM scratch AS arm64
COPY release/scantling-linux-arm64 /scantling

FROM ${TARGETARCH} AS executable

FROM ${BASE}
LABEL org.opencontainers.image.title="scantling" \
      org.opencontainers.image.description="The rule book for a Kubernetes cluster" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=executable /scantling /usr/local/bin/scantling
COPY LICENSE release/THIRD-PARTY-LICENSES /usr/share/doc/scantling/
# A number, so that a cluster that demands `runAsNonRoot` can tell.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/scantling"]
CMD ["help"]
