"""The simulated quarter, its KPIs and the main job."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, str] = {
    # simulation
    "simulate.title": "模拟 · {plan}",
    "simulate.part": "模拟",
    "simulate.detail": "目标分解方案 {allocation} · 模拟 {n} 次 · 随机种子 {seed} · 金额单位：{currency}",
    "simulate.chance": "季度目标 {target}的达成概率：{chance}（模拟误差 {half} 个百分点）。",
    "simulate.range": "10 个季度中有 8 个的签约额在 {low}与 {high}之间，半数达到 {middle}。",
    "simulate.worst": "最差的十分之一季度平均签约 {worst}（{half}）。",
    "simulate.unknown": "签约额波动中的 {share}（{interval}）来自谁也不知道的因素（市场、真实赢单率）。除最好和最差的各十分之一"
    "状态外，达成概率在 {low} 至 {high} 之间：增加模拟次数只会使上面的区间变窄，不会使这个范围变窄。",
    "simulate.cash": "回款：平均 {cash}，占本季度到期应收的 {rate}（{interval}）。",
    "simulate.in_play": "计入的风险：{risks}。备好的应急预案：{plans}。",
    "simulate.forced": "强制发生：{forced}。此处的概率是在上述情况发生的前提下得到的。",
    "simulate.by_product": "按产品",
    "simulate.by_region": "按区域",
    "simulate.by_rep": "按销售人员",
    "simulate.reps_on_quota": "{n} 名销售人员中平均有 {share} 完成销售指标。",
    "simulate.by_week": "按周",
    "simulate.by_week_note": "均值；P10 与 P90 针对当周签约额。",
    "bridge.title": "从商机储备到季度目标",
    "bridge.note": "全部模拟的均值及其 95% 置信区间的半宽；P50 为中位季度。",
    "bridge.pipeline": "现有商机储备",
    "bridge.baseline": "自然线索",
    "bridge.cross_sell": "交叉销售与复购",
    "bridge.renewals": "续约",
    "bridge.without_risks": "无风险时的均值",
    "bridge.risks": "风险",
    "bridge.risks_held": "风险（已备预案）",
    "bridge.mean": "计入风险后的均值",
    "bridge.skew": "中位数与均值之差",
    "bridge.p50": "中位季度（P50）",
    "bridge.gap": "距目标的缺口",
    "bridge.surplus": "超出目标",
    "bridge.target": "季度目标",
    "optimism.high": "目标分解方案预计签约 {expected}；无风险时模拟签约 {simulated}。优化模型偏乐观 {gap}（{share}，{half}）："
    "它不考虑等待、休假和客户失联。",
    "optimism.low": "目标分解方案预计签约 {expected}；无风险时模拟签约 {simulated}，比优化模型的预计多 {gap}（{share}，{half}）。",
    "optimism.level": "目标分解方案预计签约 {expected}；无风险时模拟签约 {simulated}。两者相差 {gap}（{share}），"
    "在模拟误差之内（{half}）。",
    "clips.title": "因影响叠加而超出取值范围、按边界取值的参数",
    "clips.entry": "{parameter}：每次模拟 {n} 次",
    # KPIs
    "kpi.p_target": "目标达成概率",
    "kpi.signed": "签约额（含续约）",
    "kpi.contribution": "边际贡献",
    "kpi.cash": "回款",
    "kpi.collection_rate": "回款率",
    "kpi.wins": "赢单数",
    "kpi.renewed": "续约数",
    "kpi.reps_on_quota": "完成指标的人员占比",
    "kpi.leads": "转为商机的线索数",
    "kpi.qualified_pipeline": "期末合格商机储备",
    "kpi.hours_used": "销售工时",
    "kpi.accounts_lost": "流失客户数",
    "kpi.customer_health": "期末客户健康度",
    "kpi.reps_left": "离职人数",
    "kpi.plan_cost": "应急预案成本",
    "kpi.expert_fees": "外部专家费用",
    "kpi.bonuses": "已付奖金",
    # the main job
    "run.title": "{plan}",
    "run.quotas": "下达销售指标合计 {quotas}，为季度目标的 {share}；无风险发生时期望签约 {expected}。",
    "run.costliest": "损失最大的风险是 {risk}：期望损失 {cost}（{half}），影响达成概率 {points} 个百分点。",
    "run.no_risk": "没有风险被证明会造成损失。",
    "run.buy": "值得投入的应急预案：{plans}。",
    "run.buy_none": "没有应急预案被证明值得投入。",
    "run.undecided.many": "另有 {n} 项尚无法判断。",
}
