"""The cluster without Docker: PostgreSQL, Kafka and every process of the four services on one machine.

`python -m deploy.stack` is what `make stack` runs. Data lies under $CASELEDGER_DATA; ports follow on PORT.
"""
