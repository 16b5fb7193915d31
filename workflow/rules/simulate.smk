# In: the generating model of the synthetic trials. Out: a raw file per trial as its centre would send it; the causal truth.
rule simulate_trial:
    output:
        raw="<results>/ipd/raw/{trial}.{extension}",
        provenance="<results>/ipd/provenance/{trial}.{extension}.json",
    log:
        "<logs>/simulate_trial/{trial}.{extension}.log",
    wildcard_constraints:
        extension="[a-z]+",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trial="{trial}",
        model=study.generating_model,
        mapping=study.reading,
        seed=config["seed"],
        variables=study.measures,
        code=code("simulate_trial"),
    script:
        "../scripts/simulate_trial.py"


rule synthetic_truth:
    output:
        truth="<results>/synthetic_truth.json",
    log:
        "<logs>/synthetic_truth.log",
    benchmark:
        "<benchmarks>/synthetic_truth.tsv"
    conda:
        "../../envs/ipdmediation.yaml"
    resources:
        mem_mb=doubling(4000),
        runtime=doubling(10),
    params:
        model=study.generating_model,
        seed=config["seed"],
        patients=1_000_000,
        code=code("synthetic_truth"),
    script:
        "../scripts/synthetic_truth.py"
