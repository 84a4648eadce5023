"""Bodies of requests and answers; the only room besides settings that knows pydantic."""
