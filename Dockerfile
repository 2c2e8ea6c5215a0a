# syntax=docker/dockerfile:1

# One image for every program: api, workers, beat, flower and migrate. docs/deploy.md says how to build and run it.
# The digest pins the base; docs/deploy.md says how to renew it.
ARG PYTHON_IMAGE=python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea

FROM ${PYTHON_IMAGE} AS builder
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
COPY requirements/image.txt requirements/image.txt
RUN python -m venv /opt/builder \
    && /opt/builder/bin/python -m pip install --require-hashes -r requirements/image.txt
ENV PATH=/opt/builder/bin:$PATH
COPY pyproject.toml poetry.lock ./
RUN poetry export --only main,flower --extras traces --without-urls -o runtime.txt \
    && pip wheel --require-hashes --no-build-isolation --wheel-dir /wheels -r runtime.txt
COPY . .
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .
# Installed here as it will be there, to list it.
RUN python -m venv --without-pip /opt/listed \
    && python -m pip --python /opt/listed/bin/python install --no-index --find-links /wheels "partflow[traces]" flower \
    && cyclonedx-py environment --output-reproducible --output-file /sbom.cdx.json /opt/listed

FROM builder AS builder-ocr
RUN poetry export --only main,flower --extras traces --extras ocr --without-urls -o ocr.txt \
    && pip wheel --require-hashes --no-build-isolation --find-links /wheels --wheel-dir /wheels -r ocr.txt
RUN python -m pip --python /opt/listed/bin/python install --no-index --find-links /wheels "partflow[ocr]" \
    && cyclonedx-py environment --output-reproducible --output-file /sbom.cdx.json /opt/listed

FROM ${PYTHON_IMAGE} AS runtime
RUN --mount=type=bind,from=builder,source=/wheels,target=/wheels \
    python -m venv --without-pip /opt/partflow \
    && python -m pip --python /opt/partflow/bin/python install --no-cache-dir --no-index --find-links /wheels "partflow[traces]" flower
COPY --from=builder /sbom.cdx.json /opt/partflow/sbom.cdx.json
WORKDIR /app
COPY flower/flowerconfig.py flower/flowerconfig.py
# Celery's soft shutdown begins at SIGQUIT, and orchestrators send SIGTERM.
ENV PATH=/opt/partflow/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    REMAP_SIGTERM=SIGQUIT \
    PARTFLOW_API_HOST=0.0.0.0 \
    PARTFLOW_LOG_JSON_LINES=true
USER 10001:10001
EXPOSE 8080 5555
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
CMD ["python", "-m", "api"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Partflow" \
      org.opencontainers.image.description="Electronic-parts inventory with a dependable photo-to-part pipeline" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM runtime AS ocr
USER 0:0
RUN --mount=type=bind,from=builder-ocr,source=/wheels,target=/wheels \
    /usr/local/bin/python -m pip --python /opt/partflow/bin/python install --no-cache-dir --no-index --find-links /wheels "partflow[ocr]"
COPY --from=builder-ocr /sbom.cdx.json /opt/partflow/sbom.cdx.json
USER 10001:10001
