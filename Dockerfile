# Foz as an application: its own environment, an ordinary user, nothing that was only needed to build it.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY planner planner
COPY translators translators
COPY cache cache
COPY proxy proxy
RUN python -m venv /opt/foz && /opt/foz/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/foz foz
COPY --from=build /opt/foz /opt/foz
COPY demo /opt/demo/demo
ENV PATH=/opt/foz/bin:$PATH PYTHONUNBUFFERED=1
USER foz
WORKDIR /var/lib/foz
EXPOSE 8815 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["foz"]
CMD ["serve", "--config", "/etc/foz/foz.yaml", "--flight", "0.0.0.0:8815", "--http", "0.0.0.0:8080"]
