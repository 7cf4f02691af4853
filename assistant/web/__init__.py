"""The HTTP side: the JSON API, the employees' page and HR's page. Nothing else knows HTTP."""
