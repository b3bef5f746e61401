"""Asking carriers for waybill numbers: pure mappers per family (`sf`, `cainiao`, `generic`) around one HTTP gateway."""
