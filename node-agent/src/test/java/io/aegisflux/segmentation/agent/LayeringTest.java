package io.aegisflux.segmentation.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String AGENT = "io.aegisflux.segmentation.agent.";

    @ArchTest
    static final ArchRule domainKnowsNoFramework = classes()
            .that()
            .resideInAPackage(AGENT + "domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", AGENT + "domain..", "io.aegisflux.segmentation.contracts..");

    @ArchTest
    static final ArchRule enforcementKnowsOnlyTheDomain = classes()
            .that()
            .resideInAPackage(AGENT + "enforcement..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", AGENT + "enforcement..", AGENT + "domain..", "io.aegisflux.segmentation.contracts..");

    @ArchTest
    static final ArchRule nativeCodeHasOneDoor = noClasses()
            .that()
            .resideOutsideOfPackages(AGENT + "libbpf..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.foreign.Linker")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.foreign.SymbolLookup");

    @ArchTest
    static final ArchRule natsIsSpokenInMessagingAlone = noClasses()
            .that()
            .resideOutsideOfPackages(AGENT + "messaging..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nats..");
}
