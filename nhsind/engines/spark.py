"""PySpark: data frames and folders of Parquet, in the user's own session or one that is started."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.engines.place import Elsewhere, Frame, no_answer
from nhsind.errors import UsageError

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
    return type(frame).__module__.split(".")[0] == "pyspark" and hasattr(frame, "schema")


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
    """Tables of a Spark session."""

    engine = "spark"

    def given(self, name: str, frame: DataFrame) -> None:
        """Put a data frame of the user's."""
        self.put(name, _lazy(frame))

    def parquet(self, name: str, path: str) -> None:
        """Put a Parquet file, or a folder of them. Raises InputError where it cannot be read."""
        try:
            self.given(name, session().read.parquet(path))
        except UsageError:
            raise
        except Exception as error:  # not there, damaged, of no schema
            raise no_answer(path, error) from error

    def beside(self, table: pa.Table) -> Frame:
        """A table a copy of which goes to every worker."""
        from pyspark.sql.functions import broadcast

        return _lazy(broadcast(session().createDataFrame(table)))

    def keep(self, name: str, frame: Frame) -> Frame:
        """The frame, whose rows the workers keep once they have made them."""
        return super().keep(name, _lazy(frame.to_native().persist()))
