from django.urls import path

from finance.views import books, differences, orders, statements

app_name = "finance"
urlpatterns = [
    path("finance/", statements.StatementList.as_view(), name="statements"),
    path("finance/upload/", statements.upload, name="upload"),
    path("finance/jobs/<int:pk>/", statements.job_page, name="job"),
    path("finance/statements/<int:pk>/", statements.statement_page, name="statement"),
    path("finance/statements/<int:pk>/again/", statements.rejudge, name="statement-again"),
    path("finance/lines/", statements.LineList.as_view(), name="lines"),
    path("finance/differences/", differences.DifferenceList.as_view(), name="differences"),
    path("finance/differences/actions/", differences.batch, name="differences-batch"),
    path("finance/orders/<int:pk>/", orders.order_page, name="order"),
    path("finance/books/", books.balance_page, name="books"),
]
