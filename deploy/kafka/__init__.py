"""Apache Kafka without Docker: its published jars, fetched by Maven, and one node that runs from them."""
