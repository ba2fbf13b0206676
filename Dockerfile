# A small image of the runner: the binary and the certificate authorities, run by nobody.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p skyvern-conformance

FROM debian:bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/target/release/skyvern-conformance /usr/local/bin/skyvern-conformance
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/usr/local/bin/skyvern-conformance"]
