"""The four services of Caseledger, the suite that runs them in one process, and the command line."""
