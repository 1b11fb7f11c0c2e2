package io.aegisflux.segmentation.contracts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.contracts", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String CONTRACTS = "io.aegisflux.segmentation.contracts..";

    @ArchTest
    static final ArchRule contractsKnowTheJdkAndJacksonAlone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "com.fasterxml.jackson..", CONTRACTS);

    @ArchTest
    static final ArchRule filesAreReadForKeysAndExamplesAlone = noClasses()
            .that()
            .doNotHaveSimpleName("SigningKeys")
            .and()
            .doNotHaveSimpleName("PemFile")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.nio.file..");

    @ArchTest
    static final ArchRule nobodyAsksAResolver = noClasses()
            .should()
            .callMethod(java.net.InetAddress.class, "getByName", String.class)
            .orShould()
            .callMethod(java.net.InetAddress.class, "getAllByName", String.class);
}
