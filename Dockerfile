# One image for every process; docker-compose.yml says which command each runs.
FROM python:3.12-slim

RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin waybridge \
 && install -d -o waybridge -g waybridge /data

WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data STATIC_MANIFEST=1

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
# Static files belong to the image, not to the data volume; the values below open nothing.
RUN install -d -o waybridge -g waybridge /app/static-files \
 && python -I config/embedded/messages.py locale/*/LC_MESSAGES/*.po \
 && DATA_DIR=/app/static-files SECRET_KEY=build KEY_PEPPER=build FIELD_KEY=build \
    DATABASE_URL=postgresql://none@localhost/none python manage.py collectstatic --noinput
ENV STATIC_ROOT=/app/static-files/static

USER waybridge
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000"]
