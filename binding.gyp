{
  "targets": [
    {
      "target_name": "udp_batch",
      "sources": ["native/udp-batch.c", "native/udp-socket.c"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Wno-unused-parameter"]
    }
  ]
}
