"""An Airflow DAG: every day, the reports that are due and not yet made.

Put it into the DAG folder and set the three variables below. The run says by its exit status what
became of it: 0 is done, 1 published with gaps, 75 held by another run (tried again), and anything
else needs a person; see docs/scheduling/README.md.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = "/srv/nhsind"
DATA = "/srv/records"
REPORTS = "/srv/www/reports"

with DAG(
    dag_id="nhsind_reports",
    schedule="30 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=30)},
    doc_md=__doc__,
) as dag:
    run = BashOperator(
        task_id="run_what_is_due",
        bash_command=(
            f"{PROJECT}/.venv/bin/nhsind run {PROJECT}/parameters/mine.yaml --due "
            "--as-of {{ data_interval_end | ds }} "
            f"--data {DATA} --out {REPORTS}"
        ),
    )
    verify = BashOperator(
        task_id="verify",
        bash_command=f"{PROJECT}/.venv/bin/nhsind verify {REPORTS}",
    )
    run >> verify
