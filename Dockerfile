# The service in a container: built with what requirements-service.lock pins, run by a user who owns nothing.
# The base image comes from your own registry or mirror: --build-arg PYTHON=registry.example.nhs.uk/python:3.11-slim
ARG PYTHON=python:3.11-slim

FROM ${PYTHON} AS build
RUN python -m venv /opt/allcomers
COPY requirements-service.lock /build/
RUN /opt/allcomers/bin/pip install --no-cache-dir --require-hashes --requirement /build/requirements-service.lock
COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN /opt/allcomers/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheel /build \
 && /opt/allcomers/bin/pip install --no-cache-dir --no-deps /build/wheel/*.whl

FROM ${PYTHON}
RUN useradd --system --uid 10001 --home-dir /var/lib/allcomers --create-home --shell /usr/sbin/nologin allcomers
COPY --from=build /opt/allcomers /opt/allcomers
ENV PATH=/opt/allcomers/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ALLCOMERS_DATA_FOLDER=/var/lib/allcomers
USER allcomers
VOLUME /var/lib/allcomers
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health', timeout=8)"]
CMD ["allcomers", "serve", "--host", "0.0.0.0", "--port", "8080"]
