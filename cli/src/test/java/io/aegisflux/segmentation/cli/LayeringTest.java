package io.aegisflux.segmentation.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String CLI = "io.aegisflux.segmentation.cli.";

    @ArchTest
    static final ArchRule segctlIsPlainPicocliAndJnats = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.crypto..",
                    "picocli..",
                    "io.nats.client..",
                    "com.fasterxml.jackson..",
                    "org.yaml.snakeyaml..",
                    "com.github.difflib..",
                    "org.apache.commons.compress..",
                    "io.aegisflux.segmentation.contracts..",
                    "io.aegisflux.segmentation.engine..",
                    "io.aegisflux.segmentation.cli..");

    /** So that no other verb pays for loading it. The filters of flows stand in it by themselves. */
    @ArchTest
    static final ArchRule theEngineIsForLintingOfflineAlone = noClasses()
            .that()
            .doNotHaveSimpleName("OfflineLint")
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.aegisflux.segmentation.engine..")
                    .and(DescribedPredicate.not(
                            JavaClass.Predicates.resideInAPackage("io.aegisflux.segmentation.engine.filtering..")))
                    .as("of the engine but its filters"));

    @ArchTest
    static final ArchRule theBusKnowsNoCommandAndNoTerminal = noClasses()
            .that()
            .resideInAPackage(CLI + "bus..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI + "command..", CLI + "terminal..", "picocli..");

    @ArchTest
    static final ArchRule theTerminalKnowsNoCommandAndNoBus = noClasses()
            .that()
            .resideInAPackage(CLI + "terminal..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI + "command..", CLI + "bus..", "picocli..", "io.nats..");

    @ArchTest
    static final ArchRule theImportIsAPureFunctionOfDocuments = noClasses()
            .that()
            .resideInAPackage(CLI + "kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI + "command..", CLI + "bus..", CLI + "terminal..", "picocli..", "io.nats..");

    @ArchTest
    static final ArchRule theBundleKnowsNoBroker = noClasses()
            .that()
            .resideInAPackage(CLI + "bundle..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI + "command..", CLI + "bus..", CLI + "terminal..", "picocli..", "io.nats..");

    @ArchTest
    static final ArchRule contextsKnowNoBroker = noClasses()
            .that()
            .resideInAPackage(CLI + "context..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CLI + "command..", CLI + "bus..", CLI + "terminal..", "picocli..", "io.nats..");

    @ArchTest
    static final ArchRule nobodyWritesPastTheOutput = noClasses()
            .that()
            .doNotHaveSimpleName("Stdio")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule packagesFormNoCircle =
            slices().matching(CLI + "(*)..").should().beFreeOfCycles();
}
