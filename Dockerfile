# The book with all it takes to read, run and test it, on any machine with Docker:
#   docker build -t ai-basic-notes .
#   docker run --rm -p 127.0.0.1:8888:8888 ai-basic-notes                          JupyterLab
#   docker run --rm -p 127.0.0.1:8000:8000 ai-basic-notes make serve HOST=0.0.0.0  the built book
#   docker run --rm --shm-size 1g ai-basic-notes make test                         all tests
FROM python:3.11-slim AS system
RUN apt-get update \
    && apt-get install -qy --no-install-recommends chromium fonts-noto-cjk git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --shell /bin/bash reader
ENV LANG=C.UTF-8
USER reader

FROM system
RUN mkdir /home/reader/book
WORKDIR /home/reader/book
COPY --chown=reader Makefile pyproject.toml constraints.txt requirements*.txt ./
COPY --chown=reader src src
RUN make install TORCH=cpu
COPY --chown=reader . .
RUN make book
EXPOSE 8000 8888
CMD ["make", "lab", "HOST=0.0.0.0"]
