# In: the generating model of the synthetic trials. Out: a raw file per trial as its centre would send it; the causal truth.
if config["study"]["synthetic"]:

    rule simulate_trial:
        input:
            parameters=config["study"]["synthetic"],
            mapping=lambda wildcards: config["trials"][wildcards.trial],
        output:
            raw="<results>/ipd/raw/{trial}.{extension}",
        log:
            "<logs>/simulate_trial/{trial}.{extension}.log",
        wildcard_constraints:
            extension="[a-z]+",
        localrule: True
        conda:
            "../../envs/ipdmediation.yaml"
        params:
            trial="{trial}",
            seed=config["seed"],
            variables=config["variables"],
            given=lambda wildcards: given(wildcards.trial),
            code=code("simulate_trial"),
        script:
            "../scripts/simulate_trial.py"

    rule synthetic_truth:
        input:
            parameters=config["study"]["synthetic"],
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
            seed=config["seed"],
            patients=1_000_000,
            code=code("synthetic_truth"),
        script:
            "../scripts/synthetic_truth.py"
