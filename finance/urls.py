from django.urls import path

from finance.views import statements

app_name = "finance"
urlpatterns = [path("finance/", statements.statement_list, name="statements")]
