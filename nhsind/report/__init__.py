"""Reports: the run plan, papermill runs, pages, publishing, manifest."""
