# In: each trial's own file and its mapping. Out: one harmonised file per trial, what harmonising did, and all trials as one.
rule pool:
    input:
        "<results>/ipd/pooled.parquet",
        expand("<results>/quality/{trial}.csv", trial=config["trials"]),


rule harmonise_trial:
    input:
        raw=lambda wildcards: raw_file(wildcards.trial),
        mapping=lambda wildcards: config["trials"][wildcards.trial],
    output:
        harmonised="<results>/ipd/harmonised/{trial}.parquet",
        quality="<results>/quality/{trial}.csv",
    log:
        "<logs>/harmonise_trial/{trial}.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        trial="{trial}",
        variables=config["variables"],
        given=lambda wildcards: given(wildcards.trial),
        code=code("harmonise_trial"),
    script:
        "../scripts/harmonise_trial.py"


rule pool_trials:
    input:
        trials=expand("<results>/ipd/harmonised/{trial}.parquet", trial=config["trials"]),
    output:
        pooled="<results>/ipd/pooled.parquet",
    log:
        "<logs>/pool_trials.log",
    localrule: True
    conda:
        "../../envs/ipdmediation.yaml"
    params:
        variables=config["variables"],
        code=code("pool_trials"),
    script:
        "../scripts/pool_trials.py"
