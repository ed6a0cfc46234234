"""PySpark: data frames and folders of Parquet, in the user's own session or one that is started."""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.engines.place import Elsewhere, Frame, no_answer
from nhsind.errors import NhsindError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# What says which Spark to use, and how.
SAID_BY = ("SPARK_REMOTE", "PYSPARK_SUBMIT_ARGS")
# Of a session that nhsind starts by itself: no pages, no bars, no more tasks than so few cores
# can use.
OWN_SESSION = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
}


def is_spark(frame: Any) -> bool:
    """Whether something is a PySpark DataFrame, classic or of Spark Connect."""
    # Of the type: asked of a frame of Spark Connect, the server has to answer.
    kind = type(frame)
    return kind.__module__.split(".")[0] == "pyspark" and hasattr(kind, "schema")


def session() -> SparkSession:
    """The active session, else one as the environment says (SPARK_REMOTE, PYSPARK_SUBMIT_ARGS),
    else a local one.

    Raises UsageError where PySpark or its Java is not there.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        text = "the engine spark needs PySpark: pip install 'nhsind[spark]'"
        raise UsageError(text) from error
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    builder = SparkSession.builder.appName("nhsind")
    if not any(name in os.environ for name in SAID_BY):
        for name, value in OWN_SESSION.items():
            builder = builder.config(name, value)
    try:
        started = builder.getOrCreate()
        started.sparkContext.setLogLevel("ERROR")
    except AttributeError:  # Spark Connect has no context
        pass
    except Exception as error:  # no Java, no such master, no answer from it
        raise no_answer("Spark", error) from error
    return started


def frame_of_arrow(table: pa.Table) -> Frame:
    """A table of this process as a frame of Spark."""
    return _lazy(session().createDataFrame(table))


def _lazy(frame: DataFrame) -> Frame:
    lazy: Frame = nw.from_native(frame).lazy()
    return lazy


class Spark(Elsewhere):
    """Tables of a Spark session: the one that the user's frames are of, else `session()`."""

    engine = "spark"

    def __init__(self, described_as: str) -> None:
        super().__init__(described_as)
        self._session: SparkSession | None = None

    @property
    def session(self) -> SparkSession:
        """Where the tables are."""
        if self._session is None:
            self._session = session()
        return self._session

    def given(self, name: str, frame: DataFrame) -> None:
        """Put a data frame of the user's. InputError where Spark cannot say what it holds."""
        self._session = self._session or frame.sparkSession
        try:
            frame.schema  # noqa: B018 - Spark Connect finds out only now
        except Exception as error:  # of a path or a view that is no more
            raise no_answer(self.described_as, error) from error
        self.put(name, _lazy(frame))

    def parquet(self, name: str, path: str) -> None:
        """Put a Parquet file, or a folder of them. Raises InputError where it cannot be read."""
        try:
            self.given(name, self.session.read.parquet(path))
        except NhsindError:
            raise
        except Exception as error:  # not there, damaged, of no schema
            raise no_answer(path, error) from error

    def beside(self, table: pa.Table) -> Frame:
        """A table a copy of which goes to every worker."""
        return _lazy(self.session.createDataFrame(table).hint("broadcast"))

    def keep(self, name: str, frame: Frame) -> Frame:
        """The frame, whose rows the workers keep, once they have made them, as long as this place.

        Where a session keeps none, as a serverless one, they are made again for each question.
        """
        native = frame.to_native()
        with suppress(Exception):
            kept = native.persist()
            weakref.finalize(self, _forget, kept).atexit = False
            return super().keep(name, _lazy(kept))
        return super().keep(name, frame)


def _forget(kept: DataFrame) -> None:
    """Let the workers drop the rows of a frame; a session that has ended has none."""
    with suppress(Exception):
        kept.unpersist()
