# In: each trial's own file and its mapping. Out: one harmonised file per trial, what harmonising did, and all trials as one.
rule pool:
    input:
        "<results>/ipd/pooled.parquet",
        expand("<results>/quality/{trial}.csv", trial=config["trials"]),


rule harmonise_trial:
    input:
        raw=lambda wildcards: study.raw_file(wildcards.trial),
    output:
        harmonised="<results>/ipd/harmonised/{trial}.parquet",
        quality="<results>/quality/{trial}.csv",
        broken="<results>/notices/contract/{trial}.csv",
        provenance="<results>/provenance/harmonise_trial/{trial}.json",
    log:
        "<logs>/harmonise_trial/{trial}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trial="{trial}",
        mapping=study.mapping,
        variables=study.harmonising,
        ranges=lambda wildcards, input: study.ranges(wildcards),  # `reruns.Comparison` compares them
        contract=study.contract,
        code=code("harmonise_trial"),
    script:
        "../scripts/harmonise_trial.py"


rule pool_trials:
    input:
        trials=expand("<results>/ipd/harmonised/{trial}.parquet", trial=study.pooled),
        broken=expand("<results>/notices/contract/{trial}.csv", trial=study.pooled),
    output:
        pooled="<results>/ipd/pooled.parquet",
        notices=results.POOLING,
        provenance="<results>/provenance/pool_trials.json",
    log:
        "<logs>/pool_trials.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        ids=list(study.pooled.values()),
        variables=study.measures,
        code=code("pool_trials"),
    script:
        "../scripts/pool_trials.py"
