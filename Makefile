# Every target is a POSIX shell script in bin/, for machines without make. Extra arguments: ARGS="…".
TARGETS = run test demo stop reset doctor bench lint e2e setup
.PHONY: $(TARGETS)
$(TARGETS):
	@bin/$@
