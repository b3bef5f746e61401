from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """Newest first, by key: page N costs what page 1 costs, and rows that arrive meanwhile shift nothing."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
