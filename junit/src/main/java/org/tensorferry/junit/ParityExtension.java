package org.tensorferry.junit;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;

/** Runs what {@link Parity} asks for, once for each test method, and hands over the report. */
final class ParityExtension implements BeforeTestExecutionCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(ParityExtension.class);

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    report(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ParityReport.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return report(context);
  }

  /** A method with a parameter asks before its execution begins: the answer is kept. */
  private static ParityReport report(ExtensionContext context) {
    Parity parity = context.getRequiredTestMethod().getAnnotation(Parity.class);
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Parity.class, key -> run(parity), ParityReport.class);
  }

  private static ParityReport run(Parity parity) {
    ParityAssert check = ParityAssert.assertParity(Path.of(parity.model())).input(parity.input());
    VerifyOptions options = check.options().samples(parity.samples()).seed(parity.seed());
    check = check.with(options);
    if (!parity.result().isEmpty()) {
      check = check.result(Path.of(parity.result()));
    }
    if (!parity.inputs().isEmpty()) {
      check = check.inputs(Path.of(parity.inputs()));
    }
    if (!parity.report().isEmpty()) {
      check = check.report(Path.of(parity.report()));
    }
    return check.snrAtLeast(parity.snr());
  }
}
