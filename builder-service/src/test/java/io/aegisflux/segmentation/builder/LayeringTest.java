package io.aegisflux.segmentation.builder;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.builder", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String BUILDER = "io.aegisflux.segmentation.builder.";
    private static final String CONTRACTS = "io.aegisflux.segmentation.contracts..";

    @ArchTest
    static final ArchRule domainKnowsNoFramework = classes()
            .that()
            .resideInAPackage(BUILDER + "domain..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", BUILDER + "domain..", CONTRACTS);

    @ArchTest
    static final ArchRule objectsAreReadByTheDomainAlone = classes()
            .that()
            .resideInAPackage(BUILDER + "elf..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", BUILDER + "elf..", BUILDER + "domain..", CONTRACTS);

    @ArchTest
    static final ArchRule theToolchainKnowsNoBus = classes()
            .that()
            .resideInAPackage(BUILDER + "clang..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    BUILDER + "clang..",
                    BUILDER + "sandbox..",
                    BUILDER + "elf..",
                    BUILDER + "domain..",
                    CONTRACTS);

    @ArchTest
    static final ArchRule theSandboxKnowsNothingOfBuilds = classes()
            .that()
            .resideInAPackage(BUILDER + "sandbox..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", BUILDER + "sandbox..", CONTRACTS);

    @ArchTest
    static final ArchRule processesAreStartedInTheSandboxAlone = noClasses()
            .that()
            .resideOutsideOfPackage(BUILDER + "sandbox..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ProcessBuilder.class, Runtime.class);

    @ArchTest
    static final ArchRule messagesReachNoToolchainButThroughTheDomain = noClasses()
            .that()
            .resideInAnyPackage(BUILDER + "clang..", BUILDER + "sandbox..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.aegisflux.segmentation.contracts.BuildSpec");

    @ArchTest
    static final ArchRule jnatsIsSpokenInTheConnectorAlone =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.nats..");
}
