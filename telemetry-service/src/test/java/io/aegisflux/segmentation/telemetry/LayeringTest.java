package io.aegisflux.segmentation.telemetry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.telemetry", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String TELEMETRY = "io.aegisflux.segmentation.telemetry.";

    @ArchTest
    static final ArchRule domainKnowsNoFramework = classes()
            .that()
            .resideInAPackage(TELEMETRY + "domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    TELEMETRY + "domain..",
                    "io.aegisflux.segmentation.contracts..",
                    "io.aegisflux.segmentation.engine..");

    @ArchTest
    static final ArchRule prometheusKnowsOnlyTheDomain = noClasses()
            .that()
            .resideInAPackage(TELEMETRY + "prometheus..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TELEMETRY + "messaging..", "io.aegisflux.segmentation.nats..", "io.nats..");

    @ArchTest
    static final ArchRule theBusIsSpokenToInMessagingAlone = noClasses()
            .that()
            .resideOutsideOfPackages(TELEMETRY + "messaging..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.nats..", "io.aegisflux.segmentation.nats..");

    @ArchTest
    static final ArchRule prometheusClientIsUsedInPrometheusAlone = noClasses()
            .that()
            .resideOutsideOfPackages(TELEMETRY + "prometheus..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.prometheus..");
}
