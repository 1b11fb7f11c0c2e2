package io.aegisflux.segmentation.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.policy", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String SERVICE = "io.aegisflux.segmentation.policy.";

    /** Documents are trees of Jackson's in the contracts already. */
    @ArchTest
    static final ArchRule domainKnowsNoFramework = classes()
            .that()
            .resideInAPackage(SERVICE + "domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    SERVICE + "domain..",
                    "io.aegisflux.segmentation.contracts..",
                    "io.aegisflux.segmentation.engine..",
                    "com.fasterxml.jackson.databind..");

    @ArchTest
    static final ArchRule natsIsSpokenInMessagingAlone = noClasses()
            .that()
            .resideOutsideOfPackages(SERVICE + "messaging..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nats..");

    @ArchTest
    static final ArchRule desiredStatesAreWrittenInOnePlace = noClasses()
            .that()
            .doNotHaveSimpleName("DesiredLog")
            .and()
            .doNotHaveSimpleName("PolicyKey")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("EnvelopeSigner");
}
