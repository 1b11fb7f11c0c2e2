package io.aegisflux.segmentation.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.aegisflux.segmentation.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {
    private static final String ENGINE = "io.aegisflux.segmentation.engine.";

    @ArchTest
    static final ArchRule theEngineKnowsTheContractsTheJdkAndJacksonAlone = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "com.fasterxml.jackson..", "io.aegisflux.segmentation.contracts..", ENGINE + ".");

    @ArchTest
    static final ArchRule theEngineDoesNoInputOrOutput = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net.http..", "java.lang.foreign..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.(File|.*Stream|.*Reader|.*Writer|Console).*")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.net\\.(?!Inet).*")
            .orShould()
            .callMethod(java.net.InetAddress.class, "getByName", String.class);

    @ArchTest
    static final ArchRule theEngineHasNoClockAndNoChance = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.util\\.(Random|UUID|concurrent\\.ThreadLocalRandom)");

    @ArchTest
    static final ArchRule parsingKnowsNothingOfLoweringOrEvaluation = noClasses()
            .that()
            .resideInAPackage(ENGINE + "parsing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE + "lowering..", ENGINE + "evaluation..");

    @ArchTest
    static final ArchRule evaluationKnowsTablesAndNoPolicies = noClasses()
            .that()
            .resideInAPackage(ENGINE + "evaluation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE + "parsing..", ENGINE + "lowering..", ENGINE + "language..");

    @ArchTest
    static final ArchRule packagesFormNoCircle =
            slices().matching(ENGINE + "(*)..").should().beFreeOfCycles();
}
