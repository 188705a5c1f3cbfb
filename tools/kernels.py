"""The environment in which every notebook is run: by `make notebooks` and by the tests alike."""

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "NOTEBOOKLIB_DEVICE": "cpu",  # the stored outputs are the processor's
    "JUPYTER_PLATFORM_DIRS": "1",
}
